// What is typed or pasted for a hub's repository: `owner/name`, or the address of its page, with the revision that stands in it. Pure.

export type TypedRepository = { readonly repo: string; readonly revision: string | null }; // null: the address names none

const PAGE =
  /^https?:\/\/[^/\s]+\/(?:models\/)?([^/\s?#]+\/[^/\s?#]+)(?:\/(?:tree|blob|resolve)\/([^/\s?#]+))?(?:[/?#]\S*)?$/;

/** Reads an address into its repository; leaves other text as it stands. */
export function repositoryOf(text: string): TypedRepository {
  const [, repo, revision] = PAGE.exec(text.trim()) ?? [];
  if (repo === undefined) return { repo: text, revision: null };
  return { repo, revision: revision === undefined ? null : decoded(revision) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that begins nothing: the hub will say that there is no such revision
  }
}
