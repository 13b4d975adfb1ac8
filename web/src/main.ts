import "leaflet/dist/leaflet.css";
import "./styles/page.css";
import "./styles/map.css";

import { createApp } from "vue";

import App from "./App.vue";

createApp(App).mount("#app");
