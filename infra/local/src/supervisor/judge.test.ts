import { describe, expect, it } from '@jest/globals';
import { isWorse, readAnswers } from './judge.ts';

describe('a new version', () => {
  it.each([
    ['fails where the old one does not', { all: 40, failed: 5 }, { all: 100, failed: 0 }, true],
    ['fails always, and there is no old one to compare with', { all: 5, failed: 5 }, { all: 0, failed: 0 }, true],
    ['has failed once', { all: 4, failed: 1 }, { all: 100, failed: 0 }, false],
    ['has failed twice, after which nginx asks it no more', { all: 30, failed: 2 }, { all: 100, failed: 0 }, true],
    ['fails as often as the old one, in a surge that turns a third away', { all: 90, failed: 34 }, { all: 200, failed: 66 }, false],
    ['fails more than twice as often as the old one', { all: 100, failed: 50 }, { all: 100, failed: 20 }, true],
    ['fails one in a hundred', { all: 1000, failed: 10 }, { all: 1000, failed: 0 }, false],
    ['is asked by nobody', { all: 0, failed: 0 }, { all: 0, failed: 0 }, false],
  ])('that %s: worse %#', (_, fresh, known, worse) => {
    expect(isWorse(fresh, known)).toBe(worse);
  });

  it('tells what it has answered in the text that is scraped', () => {
    const metrics = `# TYPE http_server_request_duration histogram
http_server_request_duration_count{http_request_method="GET",http_route="/api/cart",http_response_status_code="200",otel_scope_name="@emall/runtime"} 30
http_server_request_duration_sum{http_request_method="GET",http_route="/api/cart",http_response_status_code="500",otel_scope_name="@emall/runtime"} 9.2
http_server_request_duration_count{http_request_method="GET",http_route="/api/cart",http_response_status_code="500",otel_scope_name="@emall/runtime"} 2
http_server_request_duration_bucket{http_request_method="POST",http_route="/api/cart/lines",http_response_status_code="503",otel_scope_name="@emall/runtime",le="0.01"} 7
http_server_request_duration_count{http_request_method="POST",http_route="/api/cart/lines",http_response_status_code="503",otel_scope_name="@emall/runtime"} 7
http_client_request_duration_count{http_response_status_code="500"} 70
`;
    expect(readAnswers(metrics)).toEqual({ all: 39, failed: 9 });
  });
});
