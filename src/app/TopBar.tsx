// The top bar: name, adapter, the switch for the case that everyone comes for, run, undo, commands, share, theme.
import type { Session } from '../session/session.ts';
import { Button, IconButton } from '../views/controls/Button.tsx';
import { Choice } from '../views/controls/Choice.tsx';
import { TrustPlace } from './TrustPlace.tsx';
import { toggleTheme } from './theme.ts';
import type { UiStore } from './ui.ts';
import { useSlice } from './useSlice.ts';

type Props = {
  readonly session: Session;
  readonly ui: UiStore;
  readonly onShare: () => void;
};

const MODES = [
  { id: 'fused', label: 'Fused', tone: 'a' },
  { id: 'split', label: 'Split', tone: 'b' },
  { id: 'compare', label: 'Compare' },
] as const;

export function TopBar({ session, ui, onShare }: Props) {
  const { mode, isRunning, edits } = useSlice(session, ({ experiment, run, edits }) => ({
    mode: experiment.mode,
    isRunning: run.status === 'running',
    edits,
  }));
  return (
    <header className="top-bar">
      <div className="top-name">
        <h1 className="brand">Splitscope</h1>
        <TrustPlace session={session} ui={ui} />
      </div>
      <div className="top-switch">
        <Choice
          name="How to run the model"
          options={MODES}
          value={mode}
          onChange={(mode) => session.setMode(mode)}
          scale="large"
        />
        {isRunning ? (
          <Button onPress={() => session.cancelRun()}>Stop</Button>
        ) : (
          <Button kind="primary" onPress={() => session.rerun()}>
            Run <kbd>Ctrl ⏎</kbd>
          </Button>
        )}
      </div>
      <div className="top-tools">
        <IconButton icon="undo" name="Undo" onPress={() => session.undo()} disabled={edits.past.length === 0} />
        <IconButton icon="redo" name="Redo" onPress={() => session.redo()} disabled={edits.future.length === 0} />
        <Button onPress={() => ui.set({ dialog: 'palette', query: '' })}>
          Commands <kbd>Ctrl K</kbd>
        </Button>
        <Button onPress={() => ui.set({ dialog: 'cases' })}>Cases</Button>
        <Button onPress={onShare}>Share</Button>
        <IconButton icon="keyboard" name="Keys" onPress={() => ui.set({ dialog: 'keys' })} />
        <IconButton icon="theme" name="Light or dark" onPress={toggleTheme} />
      </div>
    </header>
  );
}
