// An RTSP server on gortsplib (the library of MediaMTX), for tests: one client publishes, others
// read, with digest authentication where NAME and PASSWORD are in the environment.
//
//	gortsplib-server PORT
package main

import (
	"fmt"
	"net"
	"os"
	"sync"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
)

type relay struct {
	server         *gortsplib.Server
	name, password string
	mutex          sync.Mutex
	stream         *gortsplib.ServerStream
	nonces         map[*gortsplib.ServerConn]string
}

// allowed answers a reader's request without a login with a challenge. Whoever publishes is this test.
func (r *relay) allowed(conn *gortsplib.ServerConn, request *base.Request) *base.Response {
	if r.name == "" {
		return nil
	}
	nonce, known := r.nonces[conn]
	if !known {
		nonce, _ = auth.GenerateNonce()
		r.nonces[conn] = nonce
	}
	if auth.Validate(request, r.name, r.password, nil, "test", nonce) == nil {
		return nil
	}
	return &base.Response{
		StatusCode: base.StatusUnauthorized,
		Header:     base.Header{"WWW-Authenticate": auth.GenerateWWWAuthenticate(nil, "test", nonce)},
	}
}

func (r *relay) read(conn *gortsplib.ServerConn, request *base.Request) (*base.Response, *gortsplib.ServerStream, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if refused := r.allowed(conn, request); refused != nil {
		return refused, nil, nil
	}
	if r.stream == nil {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, r.stream, nil
}

func (r *relay) OnConnClose(ctx *gortsplib.ServerHandlerOnConnCloseCtx) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.nonces, ctx.Conn)
}

func (r *relay) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return r.read(ctx.Conn, ctx.Request)
}

func (r *relay) OnAnnounce(ctx *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.stream = gortsplib.NewServerStream(r.server, ctx.Description)
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (r *relay) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if ctx.Session.State() == gortsplib.ServerSessionStatePreRecord {
		return &base.Response{StatusCode: base.StatusOK}, nil, nil
	}
	return r.read(ctx.Conn, ctx.Request)
}

func (r *relay) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

func (r *relay) OnRecord(ctx *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) {
	stream := r.stream
	ctx.Session.OnPacketRTPAny(func(media *description.Media, _ format.Format, packet *rtp.Packet) {
		_ = stream.WritePacketRTP(media, packet)
	})
	fmt.Println("published")
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// freePair finds two ports in a row, the first even, as RTP and RTCP want them.
func freePair() (string, string) {
	for {
		first, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		port := first.LocalAddr().(*net.UDPAddr).Port
		first.Close()
		if port%2 == 0 {
			return fmt.Sprintf("127.0.0.1:%d", port), fmt.Sprintf("127.0.0.1:%d", port+1)
		}
	}
}

func main() {
	rtpAddress, rtcpAddress := freePair()
	r := &relay{
		name:     os.Getenv("NAME"),
		password: os.Getenv("PASSWORD"),
		nonces:   map[*gortsplib.ServerConn]string{},
	}
	r.server = &gortsplib.Server{
		Handler:        r,
		RTSPAddress:    "127.0.0.1:" + os.Args[1],
		UDPRTPAddress:  rtpAddress,
		UDPRTCPAddress: rtcpAddress,
	}
	if err := r.server.Start(); err != nil {
		panic(err)
	}
	fmt.Println("ready")
	panic(r.server.Wait())
}
