// The sitting's model as the Model panel shows it.
import type { ModelState } from '../session/state.ts';
import type { ModelView } from '../views/model/modelView.ts';

/** Names what is there, and flattens what the panel does not take apart. */
export function modelView(model: ModelState): ModelView {
  switch (model.status) {
    case 'ready': {
      const { reference } = model.model;
      return {
        status: 'ready',
        name: reference.source === 'hub' ? reference.repo : reference.name,
        facts: model.model,
      };
    }
    case 'loading': {
      const { name, progress, isPaused } = model;
      return { status: 'loading', name, step: progress?.kind === 'load' ? progress : null, isPaused };
    }
    case 'failed':
      return { status: 'failed', name: model.name, ...model.failure };
    default:
      return model;
  }
}
