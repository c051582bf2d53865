// Keys as they are written on a keyboard: 'g p' is one after the other, 'Ctrl+K' both at once.

/** Draws keys. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className="keys-of">
      {keys.split(' ').map((key) => (
        <kbd key={key}>{key.replaceAll('+', ' ')}</kbd>
      ))}
    </span>
  );
}
