// Finds the fragment of a Splitscope link in text that was pasted or dropped. Pure.

const ENCODED = /^#w[1-9]\d{0,5}\./;
const BY_HAND = /^#[\w.]+=/;

/**
 * Gives the fragment ('#w1.…', '#model=…') where the text is one link and nothing else; null otherwise. Wherever an encoded link points,
 * its fragment alone is read. The hand-written form has nothing of its own in it, so it counts only bare or at this page's address.
 */
export function fragmentIn(text: string, page: string): string | null {
  const link = text.trim();
  const at = link.indexOf('#');
  if (at === -1 || /\s/.test(link)) return null;
  const [address, fragment] = [link.slice(0, at), link.slice(at)];
  if (ENCODED.test(fragment) && (address === '' || URL.canParse(address))) return fragment;
  const isHere = address === '' || address === page.split('#', 1)[0];
  return BY_HAND.test(fragment) && isHere ? fragment : null;
}
