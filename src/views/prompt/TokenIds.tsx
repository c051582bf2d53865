// The prompt as numbers: paste token ids, and these run instead of the text's.
import { useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { ModalDialog } from '../controls/Dialogs.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import type { ViewToken } from '../data.ts';
import { parseIds } from './parseIds.ts';

type Props = { readonly tokens: readonly ViewToken[]; readonly onTokenIds: (ids: readonly number[]) => void };

/** Opens a field with the ids of now. */
export function TokenIds({ tokens, onTokenIds }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const ids = typed === null ? null : parseIds(typed);
  return (
    <>
      <button type="button" className="link-button" onClick={() => setTyped(tokens.map(({ id }) => id).join(' '))}>
        edit token ids
      </button>
      <ModalDialog title="Token ids" isOpen={typed !== null} onClose={() => setTyped(null)}>
        <div className="prompt-ids">
          <TextInput
            name="Ids, apart by spaces or commas"
            value={typed ?? ''}
            onChange={setTyped}
            rows={6}
            problem={ids === null ? 'whole numbers, such as 0 631 523 or [0, 631, 523]' : null}
            monospaced
          />
          <Button
            kind="primary"
            disabled={ids === null}
            onPress={() => {
              if (ids) onTokenIds(ids);
              setTyped(null);
            }}
          >
            Run these ids
          </Button>
        </div>
      </ModalDialog>
    </>
  );
}
