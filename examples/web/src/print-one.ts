/** Prints one card of the page. Without it, the print styles print every card. */

/**
 * Opens the browser's print window for the card of the pressed button only, with all its questions
 * open; `title` becomes the name of the file.
 */
export function printCardOf(event: Event, title: string): void {
  const card = (event.currentTarget as HTMLElement).closest<HTMLElement>("article")!;
  const closed = [...card.querySelectorAll<HTMLDetailsElement>(".question:not([open])")];
  const before = document.title;
  const restore = () => {
    card.removeAttribute("data-printing");
    document.title = before;
    for (const one of closed) one.open = false;
  };
  addEventListener("afterprint", restore, { once: true });
  card.setAttribute("data-printing", "");
  document.title = title;
  for (const one of closed) one.open = true;
  print();
}
