import "../styles/page.css";

import { createApp } from "vue";

import IntakePage from "./IntakePage.vue";

createApp(IntakePage).mount("#app");
