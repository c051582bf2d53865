// VectorField: numbers for an edit: typed, pasted, or dropped as a file. A long vector is told by its length and range, not written out.
import { type DragEvent, useState } from 'react';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { Button } from '../controls/Button.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import { formatFigure } from '../format.ts';
import { readVector, writeVector } from './operations.ts';

export type ReadVectorFile = (file: File) => Promise<readonly number[] | string>; // numbers, or what is wrong with the file

type Props = {
  readonly name: string;
  readonly values: readonly number[];
  readonly onChange: (values: readonly number[]) => void;
  readonly readFile: ReadVectorFile;
};

const WRITTEN_OUT = 32; // numbers; longer vectors are summarised

/** Edits one number, or a vector. */
export function VectorField({ name, values, onChange, readFile }: Props) {
  const isLong = values.length > WRITTEN_OUT;
  const [typed, setTyped] = useState<string | null>(null);
  const [fileProblem, setFileProblem] = useState<string | null>(null);
  const text = typed ?? (isLong ? '' : writeVector(values));
  const problem = (typed ?? '').trim() !== '' && readVector(text) === null ? 'numbers, such as 0.5 or 1, 0, -1' : null;
  const take = async (file: File | undefined) => {
    if (!file) return;
    const read = await readFile(file);
    setFileProblem(typeof read === 'string' ? read : null);
    if (typeof read === 'string') return;
    setTyped(null);
    onChange(read);
  };
  const onDrop = (event: DragEvent) => {
    const file = event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault(); // a dropped capture file would become run B
    event.stopPropagation();
    void take(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop is a shorter way to what the button beneath does
    <div className="vector" onDrop={onDrop} onDragOver={(event) => event.preventDefault()}>
      <TextInput
        name={name}
        value={text}
        rows={2}
        monospaced
        problem={problem ?? fileProblem}
        onChange={(next) => {
          setTyped(next);
          setFileProblem(null);
          const read = readVector(next);
          if (read) onChange(read);
        }}
        onCommit={() => setTyped(null)}
      />
      <div className="vector-foot">
        <span className="quiet">
          {isLong ? summaryOf(values) : values.length === 1 ? 'one number' : `${values.length} numbers`}
        </span>
        <FileTrigger acceptedFileTypes={['.npy', '.json', '.txt', '.csv']} onSelect={(files) => void take(files?.[0])}>
          <Button kind="quiet" onPress={() => {}}>
            From a file…
          </Button>
        </FileTrigger>
      </div>
    </div>
  );
}

function summaryOf(values: readonly number[]): string {
  const [low, high] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
  return `${values.length} numbers, ${formatFigure(low)} to ${formatFigure(high)}`;
}
