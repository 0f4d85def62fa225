/** Escape hides the tip that is shown, until the pointer or the focus goes to another place. */
export function hideTipsOnEscape(root: HTMLElement): void {
  const show = () => root.removeAttribute("data-tips-hidden");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") root.setAttribute("data-tips-hidden", "");
  });
  root.addEventListener("focusin", show);
  root.addEventListener("pointerout", ({ target, relatedTarget }) => {
    const mark = (target as Element).closest(".cite");
    if (mark && !mark.contains(relatedTarget as Node | null)) show();
  });
}
