// A module that comes beside the shell. Not by `lazy` and Suspense where it is wanted at once: React keeps back what it reveals within
// 300 ms of a fallback, and reveals by telling every element again that it was laid out.
import { startTransition, useEffect, useState } from 'react';

type Loading<T> = { readonly value: T } | { readonly error: unknown } | null;

/** Follows a promise, the same at each drawing: gives null until its value is there. Its failure is thrown, for the error boundary. */
export function useLoaded<T>(promise: Promise<T>): T | null {
  const [loading, setLoading] = useState<Loading<T>>(null);
  useEffect(() => {
    const show = (loading: Loading<T>) => startTransition(() => setLoading(loading));
    promise.then(
      (value) => show({ value }),
      (error: unknown) => show({ error }),
    );
  }, [promise]);
  if (loading && 'error' in loading) throw loading.error;
  return loading?.value ?? null;
}
