/** A component that only calls a hook, and what the hook answered at each render. */
import { createElement, StrictMode } from "react";
import { create, type ReactTestRenderer, type TestRendererOptions } from "react-test-renderer";
import { inTime } from "./deadline.ts";

export class Mounted<Answer> {
  /** What the hook answered, oldest first. */
  readonly answers: Answer[] = [];
  #use: () => Answer;
  #look = () => {};
  readonly #renderer: ReactTestRenderer;
  readonly #strict: boolean;

  constructor(use: () => Answer, strict = false) {
    this.#use = use;
    this.#strict = strict;
    // React 18 otherwise renders as React 17 did; React 19 does not know the option.
    const options = { unstable_isConcurrent: true } as unknown as TestRendererOptions;
    this.#renderer = create(this.#element(), options);
  }

  get answer(): Answer {
    return this.answers.at(-1)!;
  }

  /** Renders it again, with another hook or the same. */
  render(use: () => Answer = this.#use): Promise<void> {
    this.#use = use;
    const before = this.answers.length;
    this.#renderer.update(this.#element());
    return this.until(() => this.answers.length > before);
  }

  unmount(): void {
    this.#renderer.unmount();
  }

  /** Waits until the condition holds; looks after each render. */
  async until(condition: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#look = () => condition() && resolve();
    this.#look();
    await inTime(promise, () => `${condition} ${this.#told()}`);
  }

  readonly #Component = (): null => {
    this.answers.push(this.#use());
    // Not while it renders: who waits may render it again.
    queueMicrotask(() => this.#look());
    return null;
  };

  #element() {
    const component = createElement(this.#Component);
    return this.#strict ? createElement(StrictMode, null, component) : component;
  }

  #told(): string {
    return JSON.stringify(this.answer)?.slice(0, 500);
  }
}

/** Mounts a component that calls this hook, and waits until it is drawn. */
export async function mount<Answer>(use: () => Answer, strict = false): Promise<Mounted<Answer>> {
  const mounted = new Mounted(use, strict);
  await mounted.until(() => mounted.answers.length > 0);
  return mounted;
}
