// Which of a long prompt's tokens have chips: a page at a time, for thousands of buttons take the thread for longer than a key should
// wait. Pure.

export const PAGE_LENGTH = 256;

export type ChipPage = { readonly first: number; readonly end: number }; // positions, `end` excluded

/** The page that holds a position; the last one for a position beyond. */
export function pageOf(position: number, nTokens: number): number {
  return Math.floor(Math.min(Math.max(0, position), Math.max(0, nTokens - 1)) / PAGE_LENGTH);
}

/** The positions of a page. */
export function pageAt(page: number, nTokens: number): ChipPage {
  return { first: page * PAGE_LENGTH, end: Math.min(nTokens, (page + 1) * PAGE_LENGTH) };
}

/** Names a page by its first and last position. */
export function pageName({ first, end }: ChipPage): string {
  return `${first}–${end - 1}`;
}
