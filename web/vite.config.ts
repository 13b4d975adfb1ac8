import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

const BACKEND = "http://127.0.0.1:8357";

export default defineConfig({
  plugins: [vue()],
  server: { proxy: { "/graphql": { target: BACKEND, ws: true }, "/maps": BACKEND, "/api": BACKEND } },
  build: {
    rolldownOptions: {
      onLog: (level, log, tell) => (log.code === "MODULE_LEVEL_DIRECTIVE" ? undefined : tell(level, log)),
      input: ["index.html", "intake.html", "graphql.html"],
      output: {
        codeSplitting: {
          groups: [
            { name: "charts", test: /node_modules[\\/](echarts|zrender)/ },
            { name: "frameworks", test: /node_modules[\\/](@?vue|leaflet|graphql-ws)/ },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 1200,
  },
  test: { include: ["tests/**/*.test.ts"] },
});
