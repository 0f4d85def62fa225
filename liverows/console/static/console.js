// A live part is read only while somebody looks: a hidden page, or one that its reader has told to
// stand still, closes its connections, and opens them again later. Nothing of the page changes by
// that, so the focus and what is selected stay as they are.
(() => {
  const NEWS_MILLISECONDS = 10_000;
  const sources = new Set();
  let follows = true;

  // What htmx's extension for server-sent events takes for an EventSource. It can rest.
  class LiveSource {
    #address;
    #listeners = [];
    #source = null;

    constructor(address) {
      this.#address = address;
      sources.add(this);
      // The extension sets `onopen` and `onerror` first.
      queueMicrotask(() => this.wake());
    }

    get readyState() {
      return this.#source?.readyState ?? EventSource.CONNECTING;
    }

    addEventListener(name, listener) {
      this.#listeners.push([name, listener]);
      this.#source?.addEventListener(name, listener);
    }

    removeEventListener(name, listener) {
      this.#listeners = this.#listeners.filter(([, other]) => other !== listener);
      this.#source?.removeEventListener(name, listener);
    }

    close() {
      this.rest();
      sources.delete(this);
    }

    rest() {
      this.#source?.close();
      this.#source = null;
    }

    wake() {
      if (this.#source || document.hidden || !follows || !sources.has(this)) return;
      this.#source = new EventSource(this.#address);
      this.#source.onopen = (event) => this.onopen?.(event);
      this.#source.onerror = (event) => {
        // The extension makes another one then.
        if (this.readyState === EventSource.CLOSED) sources.delete(this);
        this.onerror?.(event);
      };
      for (const [name, listener] of this.#listeners) this.#source.addEventListener(name, listener);
    }
  }

  htmx.createEventSource = (address) => new LiveSource(address);

  const restOrWake = () =>
    sources.forEach((source) => (document.hidden || !follows ? source.rest() : source.wake()));
  document.addEventListener("visibilitychange", restOrWake);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-follow]");
    if (!button) return;
    follows = !follows;
    button.setAttribute("aria-pressed", String(follows));
    restOrWake();
  });

  // A line stays although it left the list while a reader is on it: while it has the focus, or a
  // part of what is selected.
  const isInUse = (line) => {
    const selection = document.getSelection();
    return (
      line.contains(document.activeElement) ||
      (!selection.isCollapsed && selection.containsNode(line, true))
    );
  };

  const linesIn = (part) =>
    part.matches("tr[id]") ? [part] : Array.from(part.querySelectorAll("tr[id]"));

  const dropUnused = () => {
    for (const line of document.querySelectorAll("[data-list] tr[id].gone")) {
      if (isInUse(line)) continue;
      const table = line.closest("table");
      line.remove();
      if (!linesIn(table).length) table.remove();
    }
  };
  document.addEventListener("focusin", dropUnused);
  document.addEventListener("selectionchange", dropUnused);

  // The states of the lines of a list, by id.
  const statesIn = (list) =>
    new Map(linesIn(list).map((line) => [line.id, line.dataset.state]));

  // Screen readers do not notice that a table has changed. They are told in a few words, and seldom.
  const tellNews = (place, list) => {
    let told = statesIn(list);
    let timer = null;
    const tell = () => {
      timer = null;
      const now = statesIn(list);
      const fresh = [...now.keys()].filter((id) => !told.has(id)).length;
      const gone = [...told.keys()].filter((id) => !now.has(id)).length;
      const other = [...now].filter(([id, state]) => told.has(id) && told.get(id) !== state).length;
      const words = [[fresh, "new"], [other, "changed"], [gone, "gone"]]
        .filter(([count]) => count)
        .map(([count, word]) => `${count} ${word}`);
      if (words.length) place.textContent = `The list has changed: ${words.join(", ")}.`;
      told = now;
    };
    list.addEventListener("htmx:sseMessage", () => {
      timer ??= setTimeout(tell, NEWS_MILLISECONDS);
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    // What a reader has opened stays open when the part is drawn anew.
    Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) =>
      !(name === "open" && element instanceof HTMLDetailsElement);
    Idiomorph.defaults.callbacks.beforeNodeRemoved = (node) => {
      const lines = node instanceof Element ? linesIn(node) : [];
      if (!lines.some(isInUse)) return true;
      for (const line of lines) {
        if (isInUse(line)) line.classList.add("gone");
        else line.remove();
      }
      return false;
    };
    for (const button of document.querySelectorAll("button[data-follow]")) button.hidden = false;
    for (const place of document.querySelectorAll("[data-news]")) {
      const list = place.parentElement.querySelector("[data-list]");
      if (list) tellNews(place, list);
    }
  });
})();
