export interface paths {
    "/api/cart": {
        get: {
            parameters: { query?: never; header?: never; path?: never; cookie?: never };
            requestBody?: never;
            responses: {
                200: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/json": {
                            lines: { sku: string; quantity: number }[];
                        };
                    };
                };
            };
        };
    };
    "/internal/carts/clear": {
        post: {
            parameters: { query?: never; header?: never; path?: never; cookie?: never };
            requestBody: {
                content: {
                    "application/json": {
                        orderId: string;
                        lines: { sku: string; quantity: number }[];
                    };
                };
            };
            responses: {
                204: {
                    headers: { [name: string]: unknown };
                    content?: never;
                };
            };
        };
    };
}
