import "graphiql/graphiql.css";
import "./page.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

import { endpoint, opening } from "./opening";

const { http, ws } = endpoint(window.location);
const fetcher = createGraphiQLFetcher({ url: http, wsClient: createClient({ url: ws }) });
const { query, variables } = opening(window.location.search);

createRoot(document.querySelector("#app")!).render(
  createElement(GraphiQL, { fetcher, defaultQuery: query, variables, shouldPersistHeaders: false }),
);
