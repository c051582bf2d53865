// A newer version was fetched and waits: offered, never forced. What the reader has set up is in the address and comes back.
import { Button } from '../views/controls/Button.tsx';
import { useUpdate } from './offline.ts';

export function UpdateBanner() {
  const update = useUpdate();
  if (!update) return null;
  return (
    <div className="banner" role="status" aria-label="A newer version">
      <p>A newer version of Splitscope is ready. Your experiment stays as it is.</p>
      <Button onPress={update.take}>Load it</Button>
    </div>
  );
}
