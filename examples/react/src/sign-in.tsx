import { type FormEvent, useState } from "react";
import type { SupabaseClient } from "@supabase/supabase-js";

export function SignIn({ supabase }: { supabase: SupabaseClient }) {
  const [problem, setProblem] = useState("");
  async function enter(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { error } = await supabase.auth.signInWithPassword({
      email: String(form.get("email")),
      password: String(form.get("password")),
    });
    setProblem(error?.message ?? "");
  }
  return (
    <main>
      <h1>Positions</h1>
      <form onSubmit={enter}>
        <label>
          E-mail <input name="email" type="email" autoComplete="email" required />
        </label>
        <label>
          Password{" "}
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit">Sign in</button>
        {problem && <p role="alert">{problem}</p>}
      </form>
    </main>
  );
}
