/** Who is signed in, and what they look at: all positions, or the one that the address names. */
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Session, SupabaseClient } from "@supabase/supabase-js";
import { PositionPage } from "./position-page.tsx";
import { Positions } from "./positions.tsx";
import { SignIn } from "./sign-in.tsx";

export function App({ supabase }: { supabase: SupabaseClient }) {
  const session = useSession(supabase);
  const key = useHash().slice(2);
  if (session === null) return <SignIn supabase={supabase} />;
  const wanted = { supabase, signedIn: session !== undefined };
  return (
    <main>
      <header>
        <a href="#/">Positions</a>
        <button type="button" onClick={() => supabase.auth.signOut()}>Sign out</button>
      </header>
      {key ? <PositionPage key={key} {...wanted} id={key} /> : <Positions {...wanted} />}
    </main>
  );
}

/** Undefined until it is known, and on a server; null while nobody is signed in. */
function useSession(supabase: SupabaseClient): Session | null | undefined {
  const [session, setSession] = useState<Session | null>();
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_event, next) => setSession(next));
    return () => data.subscription.unsubscribe();
  }, [supabase]);
  return session;
}

function useHash(): string {
  return useSyncExternalStore(whenHashChanges, () => location.hash, () => "");
}

function whenHashChanges(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
