// How long a link may be. The fragment never reaches a server; these bounds are for the reader's tab.

/** Longest link that is read or written, in characters. */
export const MAX_LINK_LENGTH = 64 * 1024;
/** Most bytes of JSON that a link may inflate to. */
export const MAX_INFLATED_BYTES = 256 * 1024;
