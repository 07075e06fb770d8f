import { describe, expect, it } from '@jest/globals';
import { html } from './html.ts';

describe('markup of a mail', () => {
  it('takes what is filled in as text, between elements and within attributes', () => {
    const attack = `"><img src=x onerror='alert(1)'>&amp;`;
    const text = '&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;';
    expect(html`<a href="${attack}">${attack}</a>`.markup).toBe(`<a href="${text}">${text}</a>`);
  });

  it('takes what was made here as it is, one or several', () => {
    const cells = ['<b>', 'c'].map((text) => html`<td>${text}</td>`);
    expect(html`<tr>${cells}${html`<th></th>`}</tr>`.markup).toBe('<tr><td>&lt;b&gt;</td><td>c</td><th></th></tr>');
  });
});
