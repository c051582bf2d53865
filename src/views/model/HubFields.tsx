// Which hub is asked, and whether it knows who asks.
import { useEffect, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import type { HubView, ModelDeeds } from './modelView.ts';

/** The hub's address, which this browser keeps and no link can change. */
export function HubFields({ hub, deeds }: { readonly hub: HubView; readonly deeds: ModelDeeds }) {
  const [text, setText] = useState(hub.endpoint);
  useEffect(() => setText(hub.endpoint), [hub.endpoint]);
  const commit = () => {
    if (text.trim() !== hub.endpoint) deeds.setEndpoint(text.trim() || null);
  };
  return (
    <details className="model-more">
      <summary>Hub: {new URL(hub.endpoint).host}</summary>
      <TextInput
        name="Hub address"
        value={text}
        onChange={setText}
        onCommit={commit}
        problem={hub.problem}
        monospaced
      />
      {hub.hasToken ? <Button onPress={() => deeds.setToken(null)}>Forget the token</Button> : null}
    </details>
  );
}
