// A live part is read only while somebody looks: a hidden page closes its connection, and opens it
// again when it is shown. The extension of htmx for server-sent events asks here for each of them.
(() => {
  const open = new Set();

  htmx.createEventSource = (address) => {
    const source = new EventSource(address);
    open.add(source);
    if (document.hidden) source.close();
    return source;
  };

  // What a reader has opened stays open when the part is drawn anew.
  document.addEventListener("DOMContentLoaded", () => {
    Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) =>
      !(name === "open" && element instanceof HTMLDetailsElement);
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      open.forEach((source) => source.close());
      open.clear();
      return;
    }
    for (const place of document.querySelectorAll("[sse-connect]")) {
      const fresh = place.cloneNode(true);
      place.replaceWith(fresh);
      htmx.process(fresh);
    }
  });
})();
