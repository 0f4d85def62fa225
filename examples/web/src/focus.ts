/**
 * Keeps the place of the keyboard: when the element with the focus goes away, a neighbour gets it.
 *
 * Without this the browser gives the focus to `<body>`: a screen reader then falls silent, and the
 * next Tab may begin at the top of the page. Saving, cancelling and deleting all take away the
 * element that was used, so this is done once for the page, and no view needs to think of it.
 */
const FOCUSABLE = "a[href], button, input, select, textarea, summary, audio[controls], [tabindex]";

/** Where an element was before it was taken away: in `parent`, after `before`. */
interface Gap {
  parent: Node;
  before: Node | null;
}

/** Watches everything below `root`, which itself stays. */
export function keepFocus(root: HTMLElement): void {
  /** The element that was used last; null if the user went to a place that takes no focus. */
  let last: HTMLElement | null = null;
  let gap: Gap | null = null;

  const use = (target: EventTarget | null) => {
    if (!(target instanceof Element) || target.closest("dialog")) return;
    const element = target.closest<HTMLElement>(FOCUSABLE);
    last = element && root.contains(element) ? element : null;
    gap = null;
  };

  const focus = (goal: HTMLElement | null | undefined) => {
    const active = document.activeElement;
    if (!active || active === document.body) goal?.focus();
  };
  const fillGap = () => last && !last.isConnected && gap && focus(near(root, gap));

  document.addEventListener("focusin", (event) => use(event.target));
  // Safari does not focus a button that is clicked.
  document.addEventListener("click", (event) => use(event.target), true);
  // An element may have gone away while a dialog had the focus, which it still has at this event.
  document.addEventListener("close", () => setTimeout(fillGap), true);
  new MutationObserver((records) => {
    if (!last) return;
    if (!last.isConnected) gap = follow(records, last, gap);
    else if (records.some((record) => concerns(record, last!))) focus(besides(root, last));
    fillGap();
  }).observe(root, {
    subtree: true,
    childList: true,
    attributeFilter: ["disabled", "hidden", "open"],
  });
}

/** Whether a change may have taken the focus from an element that is still there. */
function concerns({ type, target, addedNodes }: MutationRecord, element: Node): boolean {
  if (type === "attributes") return target.contains(element);
  return [...addedNodes].some((node) => node.contains(element));
}

/** The gap that these changes left; an outer one, if they took away the place of an earlier gap. */
function follow(records: MutationRecord[], last: Node, earlier: Gap | null): Gap | null {
  let gap = earlier;
  for (const { target, removedNodes, previousSibling } of records) {
    const gone = gap ? gap.parent : last;
    const here = [...removedNodes].some((node) => node.contains(gone));
    if (here) gap = { parent: target, before: previousSibling };
  }
  return gap;
}

/** The element itself as soon as it can be used; its neighbour if it is no longer visible. */
function besides(root: HTMLElement, element: HTMLElement): HTMLElement | undefined {
  if (canFocus(element)) return element;
  if (element.checkVisibility()) return undefined;
  return near(root, { parent: element.parentNode!, before: element });
}

/** The first element at or after the gap that takes the focus, else one before it, else outside. */
function near(root: HTMLElement, gap: Gap): HTMLElement | undefined {
  let { parent, before } = gap;
  while (root.contains(parent)) {
    const children = [...parent.childNodes];
    const at = before ? children.indexOf(before as ChildNode) + 1 : 0;
    for (const child of [...children.slice(at), ...children.slice(0, at).reverse()]) {
      const found = firstIn(child);
      if (found) return found;
    }
    [parent, before] = [parent.parentNode!, parent];
  }
  return undefined;
}

function firstIn(node: Node): HTMLElement | undefined {
  if (!(node instanceof HTMLElement)) return undefined;
  return [node, ...node.querySelectorAll<HTMLElement>(FOCUSABLE)].find(canFocus);
}

function canFocus(element: HTMLElement): boolean {
  return element.matches(FOCUSABLE) && element.tabIndex >= 0 && element.checkVisibility() &&
    !(element as HTMLButtonElement).disabled;
}
