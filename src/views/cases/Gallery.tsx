// The gallery of cases: known experiments, each a link and a press away.
import { Button } from '../controls/Button.tsx';
import './cases.css';

export type GalleryEntry = {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly source: { readonly label: string; readonly url: string } | null;
};

type Props = {
  readonly cases: readonly GalleryEntry[];
  readonly onOpen: (id: string) => void;
  readonly onCopy: (id: string) => void;
};

/** Lists the cases; opening one runs it here. */
export function Gallery({ cases, onOpen, onCopy }: Props) {
  return (
    <ul className="gallery">
      {cases.map(({ id, title, about, source }) => (
        <li key={id} className="gallery-case">
          <h3 className="gallery-title">{title}</h3>
          <p>{about}</p>
          <div className="gallery-deeds">
            <Button kind="primary" name={`Run it here: ${title}`} onPress={() => onOpen(id)}>
              Run it here
            </Button>
            <Button kind="quiet" name={`Copy link: ${title}`} onPress={() => onCopy(id)}>
              Copy link
            </Button>
            {source ? (
              <a href={source.url} target="_blank" rel="noreferrer">
                {source.label}
              </a>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
