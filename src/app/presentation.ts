// How pictures that the GPU painted reach the page: as it finds out, or as the address says (`?canvas=readback`, `?canvas=context`), for
// whoever sees a browser that shows them wrong, or wants to try one that is not trusted with it. Never from a link's fragment.

/** What the page's address asks for; 'auto' where it asks for nothing. */
export function presentation(): 'auto' | 'context' | 'readback' {
  const asked = new URLSearchParams(location.search).get('canvas');
  return asked === 'context' || asked === 'readback' ? asked : 'auto';
}
