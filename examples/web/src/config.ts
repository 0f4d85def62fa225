/** Where Supabase is: the server of the page says so, or else the build did. */

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
  // A server of single pages answers any path with HTML.
  const isJson = response.headers.get("content-type")?.includes("json");
  return response.ok && isJson ? await response.json() : null;
}
