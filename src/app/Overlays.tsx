// What opens over the page: the palette, the keys, the share dialog. Loaded after the workbench.
import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { KeysDialog } from '../views/keys/KeysDialog.tsx';
import type { Command } from '../views/palette/command.ts';
import { Palette } from '../views/palette/Palette.tsx';
import { type CommandContext, spelledCommands } from './commands.ts';
import { prefer, preferences } from './preferences.ts';
import { SharePlace } from './SharePlace.tsx';
import { VerifyPlace } from './VerifyPlace.tsx';

const CasesPlace = lazy(async () => ({ default: (await import('./CasesPlace.tsx')).CasesPlace }));

type Props = {
  readonly context: CommandContext;
  readonly commands: readonly Command[];
  readonly url: string | null; // of the experiment
};

export function Overlays({ context, commands, url }: Props) {
  const { dialog, query } = useStore(context.ui);
  const { singleKeys } = useStore(preferences);
  const close = () => context.ui.set({ dialog: 'none' });
  switch (dialog) {
    case 'palette':
      return (
        <Palette
          commands={commands}
          query={query}
          onQuery={(query) => context.ui.set({ query })}
          spelled={(query) => spelledCommands(context, query)}
          onClose={close}
        />
      );
    case 'keys':
      return (
        <KeysDialog
          commands={commands}
          singleKeys={singleKeys}
          onSingleKeys={(on) => prefer({ singleKeys: on })}
          onClose={close}
        />
      );
    case 'share':
      return <SharePlace session={context.session} ui={context.ui} url={url} onClose={close} />;
    case 'verify':
      return <VerifyPlace session={context.session} onClose={close} />;
    case 'cases':
      return (
        <Suspense fallback={null}>
          <CasesPlace session={context.session} onClose={close} />
        </Suspense>
      );
    case 'none':
      return null;
    default:
      return dialog satisfies never;
  }
}
