import { expect, it } from '@jest/globals';
import { readTold } from './told.ts';

it('reads what a process has told in the text that is scraped, without those whom it turned away', () => {
  const metrics = `# TYPE http_server_request_duration histogram
http_server_request_duration_count{http_request_method="GET",http_route="/api/cart",http_response_status_code="200",otel_scope_name="@emall/runtime"} 30
http_server_request_duration_sum{http_request_method="GET",http_route="/api/cart",http_response_status_code="500",otel_scope_name="@emall/runtime"} 9.2
http_server_request_duration_count{http_request_method="GET",http_route="/api/cart",http_response_status_code="500",otel_scope_name="@emall/runtime"} 2
http_server_request_duration_bucket{http_request_method="POST",http_route="/api/cart/lines",http_response_status_code="503",otel_scope_name="@emall/runtime",le="0.01"} 7
http_server_request_duration_count{http_request_method="POST",http_route="/api/cart/lines",http_response_status_code="503",otel_scope_name="@emall/runtime"} 7
http_client_request_duration_count{http_response_status_code="500"} 70
emall_admission_refused_total{emall_worth="list",reason="limit",otel_scope_name="@emall/runtime"} 4
emall_admission_refused_total{emall_worth="list",reason="deadline",otel_scope_name="@emall/runtime"} 1
emall_jobs_total{emall_job="finish-sale",outcome="done",otel_scope_name="@emall/runtime"} 5
emall_jobs_total{emall_job="finish-sale",outcome="failed",otel_scope_name="@emall/runtime"} 2
emall_jobs_total{emall_job="send-confirmation",outcome="failed",otel_scope_name="@emall/runtime"} 3
`;
  expect(readTold(metrics)).toEqual({ answers: 34, failures: 4, jobs: { 'finish-sale': { done: 5, failed: 2 }, 'send-confirmation': { done: 0, failed: 3 } } });
});
