// What the page and its workers hold, where the browser tells: performance.measureUserAgentSpecificMemory of cross-origin isolated pages.

/** The browser measures when it next collects garbage, which may be never soon. */
const MOST_MS = 30_000;

/** Bytes of the page and its workers; null where the browser does not tell, or not in time. */
export async function pageBytes(): Promise<number | null> {
  const measure: unknown = Reflect.get(performance, 'measureUserAgentSpecificMemory');
  if (typeof measure !== 'function') return null;
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), MOST_MS));
  const told: unknown = await Promise.race([measure.call(performance), late]);
  const bytes: unknown = told !== null && typeof told === 'object' ? Reflect.get(told, 'bytes') : null;
  return typeof bytes === 'number' ? bytes : null;
}
