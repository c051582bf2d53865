// Our own fault on the page: said whole, with the way on, instead of a blank.
import { Component, type ReactNode } from 'react';

type Props = { readonly children: ReactNode };
type State = { readonly error: Error | null };

/** Catches what a view throws while it draws. The address keeps the experiment, so that reloading loses nothing. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="gate" role="alert">
        <h1>Something broke on this page</h1>
        <p>{error.message}</p>
        <p>
          The address holds your experiment. <a href={location.href}>Open it again</a>.
        </p>
      </main>
    );
  }
}
