/** The address and key of Supabase, from config.json beside the page or else from the build. */

export interface Config {
  url: string;
  publishableKey: string;
}

export async function readConfig(): Promise<Config> {
  const served = await servedConfig();
  const config = served ?? {
    url: import.meta.env.VITE_SUPABASE_URL,
    publishableKey: import.meta.env.VITE_SUPABASE_PUBLISHABLE_KEY,
  };
  if (!config.url || !config.publishableKey) {
    throw new Error(
      "No config.json beside this page, and neither VITE_SUPABASE_URL nor " +
        "VITE_SUPABASE_PUBLISHABLE_KEY was set when it was built.",
    );
  }
  return config;
}

async function servedConfig(): Promise<Config | null> {
  const response = await fetch("config.json");
  // The server of a single-page app may answer a missing file with HTML, so check the type.
  const isJson = response.headers.get("content-type")?.includes("json");
  return response.ok && isJson ? await response.json() : null;
}
