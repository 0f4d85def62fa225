import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const source = (name: string) =>
  fileURLToPath(new URL(`../../packages/js/src/${name}.ts`, import.meta.url));

export default defineConfig({
  base: "./",
  // Here `liverows` is the folder of this repository, whose sources find React and supabase-js with
  // `dedupe`. A project of yours installs the package, and needs none of this.
  resolve: {
    alias: [
      { find: /^liverows$/, replacement: source("index") },
      { find: /^liverows\/react$/, replacement: source("react") },
    ],
    dedupe: ["react", "react-dom", "@supabase/supabase-js"],
  },
  oxc: { jsx: { runtime: "automatic" } },
  build: { target: "es2022", sourcemap: true, chunkSizeWarningLimit: 800 },
});
