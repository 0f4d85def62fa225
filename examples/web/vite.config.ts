import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative paths: the page may be served from any folder.
  base: "./",
  build: { target: "es2022", sourcemap: true, chunkSizeWarningLimit: 600 },
  // Here `liverows` is the folder of this repository; a project of yours installs the package.
  resolve: {
    alias: { liverows: fileURLToPath(new URL("../../packages/js/src/index.ts", import.meta.url)) },
  },
});
