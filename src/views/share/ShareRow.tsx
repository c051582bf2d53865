// One kind of thing to take away: its name, a sentence about it, its buttons.
import { type ReactNode, useId } from 'react';

type Props = { readonly title: string; readonly note: string; readonly children: ReactNode };

export function ShareRow({ title, note, children }: Props) {
  const id = useId();
  return (
    <section className="share-row" aria-labelledby={id}>
      <div>
        <h3 id={id} className="share-title">
          {title}
        </h3>
        <p className="quiet">{note}</p>
      </div>
      <div className="share-buttons">{children}</div>
    </section>
  );
}
