/** Prints one card of the page. Without it, the print styles print every card. */

/** Opens the browser's print window for this card only; `title` becomes the name of the file. */
export function printOnly(card: HTMLElement, title: string): void {
  const before = document.title;
  const restore = () => {
    card.removeAttribute("data-printing");
    document.title = before;
  };
  addEventListener("afterprint", restore, { once: true });
  card.setAttribute("data-printing", "");
  document.title = title;
  print();
}
