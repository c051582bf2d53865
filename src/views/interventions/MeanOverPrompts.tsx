// Mean ablation over a set of prompts: a line each; the mean of the hook over all their positions becomes the vector that is set.
import { useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { TextInput } from '../controls/TextInput.tsx';

type Props = { readonly isTaking: boolean; readonly onTake: (texts: readonly string[]) => void };

/** Asks for prompts, and takes their mean. */
export function MeanOverPrompts({ isTaking, onTake }: Props) {
  const [text, setText] = useState('');
  const texts = text.split('\n').filter((line) => line.trim() !== '');
  return (
    <details className="mean-prompts">
      <summary>Mean over prompts</summary>
      <TextInput name="Prompts, a line each" value={text} rows={3} onChange={setText} />
      <Button onPress={() => onTake(texts)} disabled={isTaking || texts.length === 0}>
        {isTaking ? 'Running them…' : `Take the mean of ${texts.length}`}
      </Button>
    </details>
  );
}
