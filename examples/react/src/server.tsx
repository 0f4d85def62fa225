/** What a server sends before any script has run: the page while it loads. */
import { StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { createClient } from "@supabase/supabase-js";
import { App } from "./app.tsx";

export function render(): string {
  const supabase = createClient("http://localhost", "key");
  return renderToString(
    <StrictMode>
      <App supabase={supabase} />
    </StrictMode>,
  );
}
