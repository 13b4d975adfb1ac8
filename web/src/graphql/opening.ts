/** Where the editor asks, and what stands in it when it opens. */

export const GREETING = `# The newest air quality of each station.
# Ctrl+Enter runs it, Ctrl+Space completes, and the book at the left lists all there is to ask.
{
  airNow {
    nodes {
      siteId
      aqi
      primaryPollutants
    }
  }
}
`;

/** The path that the editor was opened at is the one that it asks, over HTTP and over a WebSocket. */
export function endpoint(at: { protocol: string; host: string; pathname: string }): { http: string; ws: string } {
  const path = at.pathname.endsWith("/graphql") ? at.pathname : "/graphql";
  return { http: path, ws: `${at.protocol === "https:" ? "wss:" : "ws:"}//${at.host}${path}` };
}

/** What a link brings along, as `?query=…&variables=…`; it is shown and not run. */
export function opening(search: string): { query: string; variables: string | undefined } {
  const said = new URLSearchParams(search);
  return { query: said.get("query") ?? GREETING, variables: said.get("variables") ?? undefined };
}
