// What a tab keeps through a reload. The browser gives each tab a storage of its own, so that two tabs do not disturb each other.
import type { Memory } from '../session/memory.ts';

/** One text of this tab's storage; both ways throw where the browser closes it to this page. */
export function tabMemory(key: string): Memory {
  return {
    load: () => sessionStorage.getItem(key),
    save: (text) => sessionStorage.setItem(key, text),
  };
}
