import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { createClient } from "@supabase/supabase-js";
import { App } from "./app.tsx";

interface Config {
  url: string;
  publishableKey: string;
}

// The local stack serves this file; a page of your own has these two in its environment.
const config: Config = await (await fetch("config.json")).json();
const supabase = createClient(config.url, config.publishableKey);

const root = document.getElementById("root")!;
const page = (
  <StrictMode>
    <App supabase={supabase} />
  </StrictMode>
);
if (root.hasChildNodes()) hydrateRoot(root, page); // a server has drawn it
else createRoot(root).render(page);
