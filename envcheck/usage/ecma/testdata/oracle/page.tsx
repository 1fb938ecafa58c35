"use client";
import { env as all } from "node:process";

const { ROUND, SQUARE = "x", ...rest } = all;

export function Page({ env = process.env }: { env?: NodeJS.ProcessEnv }) {
  const title = `${process.env.TITLE ?? "none"} of ${env.SITE}`;
  return (
    <main title="it's" data-a={process.env.NEXT_PUBLIC_A!}>
      don't show process.env.TEXT {/* process.env.COMMENT */}
      {process.env.NEXT_PUBLIC_B ? <b>{import.meta.env.VITE_C}</b> : <i>{"process.env.STRING"}</i>}
      <List<string> items={[process.env["NEXT_PUBLIC_D"] as string]}>{(x) => <p>{x / 2} {env["E"]}</p>}</List>
    </main>
  );
}

const generic = <T,>(value: T) => (process.env as Record<string, string>).F;
type Shape = <T>(value: T) => keyof typeof process.env;
if (1 < 2 && /['"`]/.test(process.env.G ?? "")) process.env.WRITTEN = "1";
