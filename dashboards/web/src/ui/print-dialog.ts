/** Prints the dialog alone, without the page under it. */
export function printDialog(): void {
  document.body.dataset.print = 'dialog';
  window.addEventListener('afterprint', () => delete document.body.dataset.print, { once: true });
  window.print();
}
