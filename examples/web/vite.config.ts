import { defineConfig } from "vite";

export default defineConfig({
  // Relative paths: the page may be served from any folder.
  base: "./",
  build: { target: "es2022", sourcemap: true, chunkSizeWarningLimit: 600 },
});
