import { element } from './elements.js';

const KEY = 'prescale-token';
/** @type {Promise<void> | undefined} */
let asking;

/** The header that brings the token, where there is one. It lives as long as this tab, and stands in no address. */
export function tokenHeaders() {
  const token = sessionStorage.getItem(KEY);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/**
 * Asks the person for the token, once for all who wait for it; not where another one was given since.
 * @param {Record<string, string>} refused the headers that were refused
 * @returns {Promise<void>} when there is one to try
 */
export function askForToken(refused) {
  if (asking === undefined && refused.authorization !== tokenHeaders().authorization)
    return Promise.resolve();
  asking ??= givenInDialog().finally(() => (asking = undefined));
  return asking;
}

function givenInDialog() {
  const wasWrong = sessionStorage.getItem(KEY) !== null;
  sessionStorage.removeItem(KEY);
  return new Promise((resolve) => {
    const input = element('input', { id: 'token', type: 'password', autocomplete: 'off', required: true });
    const take = (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEY, input.value.trim());
      dialog.remove();
      resolve();
    };
    const label = wasWrong ? 'Not the right one. Token of the API' : 'Token of the API';
    const dialog = element(
      'dialog',
      { class: 'token', 'aria-label': 'Token', oncancel: (event) => event.preventDefault() },
      element(
        'form',
        { onsubmit: take },
        element('label', { for: 'token' }, label),
        input,
        element('button', { type: 'submit' }, 'Show the fleet'),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
